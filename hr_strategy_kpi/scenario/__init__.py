"""The acceptance case as small tables, and where its dates lie."""
