{
    "name": "Strategy & KPI: records to test with",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "A made-up deal with every kind of field a KPI can read, and a source",
    "author": "Strategy KPI Contributors",
    "website": "https://github.com/strategy-kpi/strategy-kpi",
    "license": "LGPL-3",
    "depends": ["hr_strategy_kpi"],
    "data": [
        "security/test_hr_strategy_kpi_security.xml",
        "security/ir.model.access.csv",
    ],
}
