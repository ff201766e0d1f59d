import { Page } from "@/components/Page";

export default function Product() {
  return <Page title="Product">…</Page>;
}
