/** The parts of the API by the names pages use: what the schema renames is renamed here only. */
import type { components } from "./schema";

type Schemas = components["schemas"];

// People and programs that sign in.
export type Me = Schemas["Me"];
export type Role = Me["role"];
export type User = Schemas["UserTold"];
export type UserRequest = Schemas["UserAsk"];
export type ApiKey = Schemas["ApiKeyTold"];
export type Scope = Schemas["ApiKeyAsk"]["scopes"][number];

// Products, and what was found on their photos.
export type Product = Schemas["ProductTold"];
export type ProductFields = Schemas["ProductFields"];
export type ProductChange = Schemas["ProductChange"];
export type Fields = Schemas["FieldsTold"];
export type ProductField = Schemas["FieldTold"];
export type Facet = Schemas["FacetTold"];
export type Names = Schemas["NamesTold"];
export type ProductAdded = Schemas["ProductAnswer"];
export type Image = Schemas["ImageTold"];
export type Label = Schemas["LabelTold"];
export type Verdict = Schemas["CropChange"]["verdict"];
export type ProductEvent = Schemas["EventTold"];
export type FieldChange = Schemas["FieldChange"];
export type BulkAction = Omit<Schemas["BulkAsk"], "ids" | "filters" | "text">;
export type BulkOutcome = Schemas["BulkOutcome"];

// Searching.
export type SearchRequest = Schemas["SearchRequest"];
export type FacetCounts = Schemas["SearchAnswer"]["facets"];
export type PriceRange = Schemas["PriceRange"];
export type Hit = Schemas["HitTold"];
export type Match = Schemas["MatchTold"];
export type Reasons = Schemas["ReasonsTold"];
export type Item = Schemas["ItemTold"];
export type Upload = Schemas["UploadTold"];

// Jobs, and what they made.
export type Job = Schemas["JobTold"];
export type JobKind = Schemas["JobKind"];
export type JobStatus = Job["status"];
export type JobPage = Schemas["JobPage"];
export type JobDepth = Schemas["DepthTold"];
export type ImportResult = Schemas["ImportTold"];
export type IndexingResult = Schemas["IndexingTold"];
export type RetentionResult = Schemas["RetentionTold"];

// Webhooks, and the system itself.
export type Webhook = Schemas["WebhookTold"];
export type WebhookRequest = Schemas["WebhookAsk"];
export type WebhookMade = Schemas["WebhookMade"];
export type WebhookEvent = WebhookRequest["events"][number];
export type Delivery = Schemas["DeliveryTold"];
export type DeliveryShown = Schemas["DeliveryShown"];
export type DeliveryStatus = Delivery["status"];
export type DeliveryAttempt = Schemas["Attempt"];
export type SystemState = Schemas["SystemTold"];
