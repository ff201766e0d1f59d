/** The parts of the API by the names pages use: what the schema renames is renamed here only. */
import type { components } from "./schema";

type Schemas = components["schemas"];

// People and programs that sign in.
export type Me = Schemas["Me"];
export type Role = Me["role"];
export type User = Schemas["User"];
export type UserRequest = Schemas["NewUser"];
export type PasswordChange = Schemas["PasswordChange"];
export type AuditEvent = Schemas["AuditEvent"];
export type ApiKey = Schemas["ApiKey"];
export type Scope = Schemas["NewApiKey"]["scopes"][number];

// Products, and what was found on their photos.
export type Product = Schemas["Product"];
export type ProductFields = Schemas["ProductFields"];
export type ProductChange = Schemas["ProductChange"];
export type Fields = Schemas["Fields"];
export type ProductField = Schemas["ProductField"];
export type Facet = Schemas["Facet"];
export type Names = Schemas["Names"];
export type ProductAdded = Schemas["ProductAnswer"];
export type Image = Schemas["Image"];
export type Label = Schemas["Label"];
export type Mapping = Schemas["Mapping"];
export type Verdict = Schemas["CropChange"]["verdict"];
export type ProductEvent = Schemas["Event"];
export type FieldChange = Schemas["FieldChange"];
export type BulkAction = Omit<Schemas["BulkRequest"], "ids" | "filters" | "text">;
export type BulkOutcome = Schemas["BulkOutcome"];

// Searching.
export type SearchRequest = Schemas["SearchRequest"];
export type FacetCounts = Schemas["SearchAnswer"]["facets"];
export type PriceRange = Schemas["PriceRange"];
export type Hit = Schemas["Hit"];
export type Match = Schemas["Match"];
export type Reasons = Schemas["Reasons"];
export type Item = Schemas["Item"];
export type Upload = Schemas["Upload"];

// Jobs, and what they made.
export type Job = Schemas["Job"];
export type JobKind = Schemas["JobKind"];
export type JobStatus = Job["status"];
export type JobPage = Schemas["JobPage"];
export type JobDepth = Schemas["QueueDepth"];
export type ImportResult = Schemas["Import"];
export type IndexingResult = Schemas["Indexing"];
export type RetentionResult = Schemas["Retention"];

// Webhooks, and the system itself.
export type Webhook = Schemas["Webhook"];
export type WebhookRequest = Schemas["NewWebhook"];
export type WebhookMade = Schemas["WebhookMade"];
export type WebhookEvent = WebhookRequest["events"][number];
export type Delivery = Schemas["Delivery"];
export type DeliveryShown = Schemas["DeliveryShown"];
export type DeliveryStatus = Delivery["status"];
export type DeliveryAttempt = Schemas["Attempt"];
export type SystemState = Schemas["System"];
export type Calibration = Schemas["Calibration"];
