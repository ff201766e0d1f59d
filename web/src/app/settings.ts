/** The pages of the settings: one for each section. */
import { createRoute } from "@tanstack/react-router";

import { Account, ApiKeys } from "@/features/account";
import {
  Analytics,
  analyticsParams,
  Audit,
  auditParams,
  Calibration,
  Merchandising,
  Models,
  modelsParams,
  ShopKeys,
  Sources,
  Synonyms,
  System,
  Users,
  Webhook,
  webhookParams,
  Webhooks,
} from "@/features/admin";
import { Words } from "@/features/catalog";
import { General, Overview, SECTIONS, Settings } from "@/features/settings";

import { needs, shell } from "./frame";

const frame = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: Settings,
});
const overview = createRoute({ getParentRoute: () => frame, path: "/", component: Overview });
const account = createRoute({
  getParentRoute: () => frame,
  path: "account",
  beforeLoad: needs(SECTIONS.account.needs),
  component: Account,
});
const keys = createRoute({
  getParentRoute: () => frame,
  path: "keys",
  beforeLoad: needs(SECTIONS.keys.needs),
  component: ApiKeys,
});
const general = createRoute({
  getParentRoute: () => frame,
  path: "general",
  beforeLoad: needs(SECTIONS.general.needs),
  component: General,
});
const people = createRoute({
  getParentRoute: () => frame,
  path: "people",
  beforeLoad: needs(SECTIONS.people.needs),
  component: Users,
});
const words = createRoute({
  getParentRoute: () => frame,
  path: "words",
  beforeLoad: needs(SECTIONS.words.needs),
  component: Words,
});
const synonyms = createRoute({
  getParentRoute: () => frame,
  path: "synonyms",
  beforeLoad: needs(SECTIONS.synonyms.needs),
  component: Synonyms,
});
const merchandising = createRoute({
  getParentRoute: () => frame,
  path: "merchandising",
  beforeLoad: needs(SECTIONS.merchandising.needs),
  component: Merchandising,
});
const sources = createRoute({
  getParentRoute: () => frame,
  path: "sources",
  beforeLoad: needs(SECTIONS.sources.needs),
  component: Sources,
});
const shopKeys = createRoute({
  getParentRoute: () => frame,
  path: "shop-keys",
  beforeLoad: needs(SECTIONS.shopKeys.needs),
  component: ShopKeys,
});
const analytics = createRoute({
  getParentRoute: () => frame,
  path: "analytics",
  beforeLoad: needs(SECTIONS.analytics.needs),
  validateSearch: analyticsParams,
  component: Analytics,
});
const models = createRoute({
  getParentRoute: () => frame,
  path: "models",
  beforeLoad: needs(SECTIONS.models.needs),
  validateSearch: modelsParams,
  component: Models,
});
const quality = createRoute({
  getParentRoute: () => frame,
  path: "quality",
  beforeLoad: needs(SECTIONS.quality.needs),
  component: Calibration,
});
const webhooks = createRoute({
  getParentRoute: () => frame,
  path: "webhooks",
  beforeLoad: needs(SECTIONS.webhooks.needs),
  component: Webhooks,
});
const webhook = createRoute({
  getParentRoute: () => frame,
  path: "webhooks/$webhookId",
  beforeLoad: needs(SECTIONS.webhooks.needs),
  validateSearch: webhookParams,
  component: Webhook,
});
const audit = createRoute({
  getParentRoute: () => frame,
  path: "audit",
  beforeLoad: needs(SECTIONS.audit.needs),
  validateSearch: auditParams,
  component: Audit,
});
const system = createRoute({
  getParentRoute: () => frame,
  path: "system",
  beforeLoad: needs(SECTIONS.system.needs),
  component: System,
});

/** All of them, with the frame that they share. */
export const settings = frame.addChildren([
  overview,
  account,
  keys,
  general,
  people,
  words,
  synonyms,
  merchandising,
  sources,
  shopKeys,
  analytics,
  models,
  quality,
  webhooks,
  webhook,
  audit,
  system,
]);
