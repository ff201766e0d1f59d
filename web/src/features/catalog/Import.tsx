import { Page } from "@/components/Page";

export default function Import() {
  return <Page title="Import">…</Page>;
}
