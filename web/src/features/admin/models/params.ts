/** The parts of the screen; the versions come first, and need no word in the address. */
export const TABS = ["training", "collections"] as const;
export type Tab = (typeof TABS)[number];

/** What the address of the models says. */
export interface ModelsParams {
  tab?: Tab;
}

/** What of it we understand; the rest is left out. */
export function modelsParams(given: Record<string, unknown>): ModelsParams {
  const tab = TABS.find((each) => each === given.tab);
  return tab ? { tab } : {};
}
