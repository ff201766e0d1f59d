import { Page } from "@/components/Page";

export default function Jobs() {
  return <Page title="Jobs">…</Page>;
}
