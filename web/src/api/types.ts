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

// Reviewing.
export type ReviewOutcome = "accept" | "correct" | "reject" | "flag" | "skip" | "return";
export type DoubtKind = "label_margin" | "primary_margin" | "detector_score" | "disagreement";
export type ReviewDoubt = { kind: DoubtKind; facet: string | null; score: number; says: string };
export type ReviewFacet = {
  facet: string;
  shown: boolean;
  candidates: { value: string; score: number }[];
  chosen: string[];
  chosen_by: "model" | "person";
  shop: string;
  shop_means: string | null;
};
export type ReviewItem = {
  id: string;
  version: string;
  lease_until: string;
  product: Product;
  photos: { image: Image; crops: Schemas["Crop"][] }[];
  primary_crop_id: string | null;
  primary_source: "model" | "person";
  facets: ReviewFacet[];
  doubts: ReviewDoubt[];
  priority: number;
  traffic: number;
  sampled: boolean;
  second: boolean;
  comment: { by: string; text: string; at: string } | null;
};
export type ReviewChanges = {
  primary?: string;
  boxes?: {
    add: { key: string; image_id: string; box: number[]; kind: string }[];
    change: { crop_id: string; box?: number[]; kind?: string }[];
    remove: string[];
  };
  verdicts?: { crop_id: string; verdict: "kept" | "rejected"; reason?: string }[];
  labels?: { facet: string; values: string[] }[];
};
export type ReviewRequest = {
  version: string;
  outcome: ReviewOutcome;
  comment?: string;
  seconds?: number;
  changes?: ReviewChanges;
};
export type ReviewTaken = {
  answer_id: string;
  item_id: string;
  outcome: ReviewOutcome;
  job_id: string | null;
};
export type LeaseRequest = {
  count: number;
  facet?: string;
  doubt?: DoubtKind;
  category?: string;
  product_ids?: string[];
  alike?: { facet: string; value: string };
};
export type Leased = { items: ReviewItem[]; open: number; lease_seconds: number };
export type AlikeGroup = { facet: string; value: string; open: number };
export type ReviewProgress = {
  open: number;
  by_doubt: { kind: DoubtKind; open: number }[];
  by_facet: { facet: string; open: number }[];
  mine_today: number;
  done_today: number;
  done_total: number;
  per_hour: number | null;
  disputes: number;
  second_open: number;
};
export type Accuracy = { n: number; accuracy: number; low: number; high: number };
export type ReviewQuality = {
  facets: FacetQuality[];
  primary: Omit<FacetQuality, "facet" | "alpha" | "doubly">;
  reviewers: {
    user_id: string;
    name: string;
    answered: number;
    agreement: number | null;
    n: number;
    seconds_median: number | null;
  }[];
  pace: { day: string; n: number }[];
};
export type FacetQuality = {
  facet: string;
  alpha: number | null;
  doubly: number;
  models: ({ model_version: string } & Accuracy)[];
  days: { day: string; n: number; right: number; low: number; high: number }[];
};
