import { Page } from "@/components/Page";

export default function Job() {
  return <Page title="Job">…</Page>;
}
