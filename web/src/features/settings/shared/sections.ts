import { may } from "@/api/queries";
import type { Me, Role } from "@/api/types";

interface SectionOf<Path extends string> {
  to: `/settings/${Path}`;
  /** The least one must be to see it. */
  needs: Role;
}

/** Every section of the settings, by the group that it stands in. */
const GROUPS = {
  own: {
    account: at("account", "viewer"),
    keys: at("keys", "viewer"),
  },
  shop: {
    general: at("general", "admin"),
    people: at("people", "admin"),
  },
  catalogue: {
    words: at("words", "editor"),
    synonyms: at("synonyms", "editor"),
    merchandising: at("merchandising", "editor"),
    sources: at("sources", "admin"),
  },
  shoppers: {
    shopKeys: at("shop-keys", "admin"),
    analytics: at("analytics", "admin"),
  },
  models: {
    models: at("models", "admin"),
    quality: at("quality", "admin"),
  },
  operation: {
    webhooks: at("webhooks", "admin"),
    audit: at("audit", "admin"),
    system: at("system", "admin"),
  },
} as const;

export const SECTIONS = {
  ...GROUPS.own,
  ...GROUPS.shop,
  ...GROUPS.catalogue,
  ...GROUPS.shoppers,
  ...GROUPS.models,
  ...GROUPS.operation,
} as const;

export type Section = keyof typeof SECTIONS;
type Group = keyof typeof GROUPS;

/** What somebody may see of the settings, group by group. */
export function sectionsFor(me: Me): (readonly [Group, readonly Section[]])[] {
  return (Object.keys(GROUPS) as Group[]).flatMap((group) => {
    const sections = (Object.keys(GROUPS[group]) as Section[]).filter((section) =>
      may(me, SECTIONS[section].needs),
    );
    return sections.length > 0 ? [[group, sections] as const] : [];
  });
}

function at<Path extends string>(path: Path, needs: Role): SectionOf<Path> {
  return { to: `/settings/${path}`, needs };
}
