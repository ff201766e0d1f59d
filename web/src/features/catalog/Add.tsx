import { Page } from "@/components/Page";

export default function Add() {
  return <Page title="Add">…</Page>;
}
