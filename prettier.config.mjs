export default {
    printWidth: 88,
    tabWidth: 4,
    trailingComma: "es5",
    plugins: ["@prettier/plugin-xml"],
    overrides: [
        {
            files: "*.xml",
            options: {
                xmlWhitespaceSensitivity: "preserve",
                xmlSelfClosingSpace: true,
            },
        },
    ],
};
