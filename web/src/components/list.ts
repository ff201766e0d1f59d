/** From which list somebody went to one thing of it: the entry of the history keeps it. */
export type List = "results" | "catalogue";

declare module "@tanstack/react-router" {
  interface HistoryState {
    list?: List | undefined;
  }
}
