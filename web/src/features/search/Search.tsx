import { Page } from "@/components/Page";

export default function Search() {
  return <Page title="Search">…</Page>;
}
