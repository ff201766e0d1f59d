import { Page } from "@/components/Page";

export default function Webhooks() {
  return <Page title="Webhooks">…</Page>;
}
