// Who may import whom. `npm run check` holds the code to it.

/** Files of `from` may import nothing of ours but `layers`. */
function layer(from, ...layers) {
  return {
    name: `${from}-looks-down`,
    comment: `src/${from} may know ${layers.join(", ")} only.`,
    severity: "error",
    from: { path: `^src/${from}/` },
    to: { path: "^src/", pathNot: layers.map((one) => `^src/${one}/`) },
  };
}

/** What is built: the page of the staff, and the script of shops. */
const ENTRIES = "^src/(app/main\\.tsx|embed/main\\.ts)$";

export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Files that need each other, if only for a type, are one file or three.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    layer("texts", "texts"),
    layer("api", "api"),
    layer("embed", "embed", "api"),
    layer("components", "components", "api", "texts"),
    layer("features", "features", "components", "api", "texts"),
    {
      name: "features-apart",
      comment: "What two features need lives in components or api.",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "features-by-their-index",
      comment: "What a feature shows to the app stands in its index.ts.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/features/" },
      to: { path: "^src/features/", pathNot: "^src/features/[^/]+/index\\.ts$" },
    },
    {
      name: "screens-apart",
      comment: "What two folders of a feature need lives in its shared folder.",
      severity: "error",
      from: { path: "^src/features/([^/]+)/([^/]+)/" },
      to: { path: "^src/features/$1/", pathNot: "^src/features/$1/($2|shared)/" },
    },
    {
      name: "schema-by-its-names",
      comment: "Pages know the API's types by the names in api/types.ts.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/api/" },
      to: { path: "^src/api/schema\\.d\\.ts$" },
    },
    {
      name: "no-dead-files",
      comment: "What neither needs is dead. Texts are fetched in parts (scripts/texts.ts).",
      severity: "error",
      from: { path: ENTRIES },
      to: {
        path: "^src/",
        pathNot: ["\\.test\\.ts$", "^src/texts/\\w+\\.json$", ENTRIES],
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types count too: who needs another's types needs the other.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
