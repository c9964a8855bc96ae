import globals from "globals";
import js from "@eslint/js";

// With the rules of Odoo's own test_lint, which has its configuration for an older ESLint.
export default [
    js.configs.recommended,
    {
        files: ["**/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        rules: {
            curly: ["error", "all"],
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-duplicate-imports": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-syntax": [
                "error",
                "PrivateIdentifier",
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='props'][static='true']))",
                    message: "Component should declare static props",
                },
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='template'][static='true']))",
                    message: "Component should declare static template",
                },
                {
                    selector:
                        "CallExpression[callee.name='_t'] > :first-child[value=/(.*%s){2,}/]",
                    message: "Several placeholders in one _t() need names",
                },
                {
                    selector:
                        "CallExpression[callee.property.name='add'][callee.object.property.name='notification'] > Literal:first-child",
                    message: "A notification's text should be translated",
                },
            ],
            "no-unused-vars": ["error", { args: "none" }],
            "prefer-const": ["error", { destructuring: "all" }],
        },
    },
];
