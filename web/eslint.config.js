import js from "@eslint/js";
import boundaries from "eslint-plugin-boundaries";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

/** A policy: files of `from` may import those of `types`. */
function may(from, ...types) {
  return {
    from: { element: { type: from } },
    allow: { to: { element: { type: types } } },
  };
}

export default ts.config(
  { ignores: ["dist", "screenshots", "node_modules", "src/api/schema.d.ts", "public"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": "off",
      // The way to leave something out of an object is to name it and take the rest.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Numbers read well in texts.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // TanStack Router has redirects and misses thrown.
      "@typescript-eslint/only-throw-error": "off",
      // Handlers often end in a promise nobody waits for; `void` says so.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/**/*.tsx"],
    ...a11y.flatConfigs.strict,
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: hooks.configs.recommended.rules,
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { boundaries },
    settings: {
      "import/resolver": { typescript: { alwaysTryTypes: true } },
      "boundaries/elements": [
        { type: "app", pattern: "src/app" },
        { type: "feature", pattern: "src/features/*", capture: ["name"] },
        { type: "components", pattern: "src/components" },
        { type: "api", pattern: "src/api" },
        { type: "texts", pattern: "src/texts" },
      ],
    },
    rules: {
      // Features do not know each other; what two of them need lives in components or api.
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: [
            may("app", "app", "feature", "components", "api", "texts"),
            may("feature", "components", "api", "texts"),
            {
              from: { element: { type: "feature" } },
              allow: {
                to: {
                  element: {
                    type: "feature",
                    captured: { name: "{{from.element.captured.name}}" },
                  },
                },
              },
            },
            may("components", "components", "api", "texts"),
            may("api", "api"),
            may("texts", "texts"),
          ],
        },
      ],
    },
  },
  {
    files: ["scripts/**/*.mjs", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
