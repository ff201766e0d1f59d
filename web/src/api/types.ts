/** The parts of the API by the names pages use: what the schema renames is renamed here only. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What the client makes of an answer: it forgets that a box has four numbers. */
type Told<Part> = Part extends readonly [number, number, number, number]
  ? number[]
  : Part extends object
    ? { [Name in keyof Part]: Told<Part[Name]> }
    : Part;

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
export type ListedProduct = Schemas["ListedProduct"];
export type ProductStatus = Product["status"];
export type SavedView = Schemas["View"];
export type ViewShows = Schemas["Shows"];
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
export type RecognisedWords = Schemas["RecognisedWords"];
export type Hit = Schemas["Hit"];
export type Match = Schemas["Match"];
export type Reasons = Schemas["Reasons"];
export type Item = Schemas["Item"];
export type Synonym = Schemas["Synonym"];
export type Rule = Schemas["Rule"];
export type RuleRequest = Schemas["RuleRequest"];
export type NewSynonym = Schemas["NewSynonym"];

// What shoppers ask and are told.
export type ShopAnswer = Schemas["ShopAnswer"];
export type ShopHit = Schemas["ShopHit"];
export type ShopProduct = Schemas["ShopProduct"];
export type ShopPicture = Schemas["ShopPicture"];
export type ShopRecognised = Schemas["ShopRecognised"];
export type ShopFacet = Schemas["ShopFacet"];
export type ShopDetected = Schemas["ShopDetected"];
export type ShopItem = Schemas["ShopItem"];
export type ShopLook = Schemas["ShopLookAnswer"];
export type ShopEvent = Schemas["ShopEvent"];
export type Suggestion = Schemas["Suggestion"];
export type ShopSettings = Schemas["ShopSettings"];

// Jobs, and what they made.
export type Job = Schemas["Job"];
export type JobKind = Schemas["JobKind"];
export type JobStatus = Job["status"];
export type JobGroup = Schemas["JobGroup"];
export type JobMember = Schemas["JobMember"];
export type JobProduct = Schemas["JobProduct"];
export type JobState = JobGroup["state"];
export type JobDepth = Schemas["QueueDepth"];
export type ImportResult = Schemas["Import"];
export type IndexingResult = Schemas["Indexing"];
export type RetentionResult = Schemas["Retention"];

// The public door.
export type Analytics = Schemas["Analytics"];
export type PublishableKey = Schemas["PublishableKey"];
export type PublishableKeyRequest = Schemas["NewPublishableKey"];

// Webhooks, and the system itself.
export type Webhook = Schemas["Webhook"];
export type WebhookRequest = Schemas["NewWebhook"];
export type WebhookMade = Schemas["WebhookMade"];
export type WebhookEvent = WebhookRequest["events"][number];
export type Source = Schemas["Source"];
export type SourceChange = Schemas["SourceChange"];
export type SourcePull = Schemas["SourcePull"];
export type PullState = SourcePull["state"];
export type Delivery = Schemas["Delivery"];
export type DeliveryShown = Schemas["DeliveryShown"];
export type DeliveryStatus = Delivery["status"];
export type DeliveryAttempt = Schemas["Attempt"];
export type SystemState = Schemas["System"];
export type Calibration = Schemas["Calibration"];

// Reviewing.
export type ReviewItem = Told<Schemas["ReviewItem"]>;
export type ReviewFacet = Schemas["ReviewFacet"];
export type ReviewDoubt = Schemas["Doubt"];
export type DoubtKind = NonNullable<LeaseRequest["doubt"]>;
export type LeaseRequest = Schemas["Lease"];
export type Leased = Told<Schemas["Leased"]>;
export type ReviewChanges = Schemas["ReviewChanges"];
export type ReviewRequest = Schemas["ReviewAnswer"];
export type ReviewRequests = Schemas["ItemAnswers"]["answers"];
export type ReviewLooked = NonNullable<ReviewRequest["looked"]>;
export type ReviewOutcome = ReviewRequest["outcome"];
export type ReviewTaken = Schemas["Answered"];
export type AlikeGroup = Schemas["AlikeGroup"];
export type ReviewProgress = Schemas["ReviewProgress"];
export type ReviewQuality = Schemas["ReviewQuality"];

// Models, what trains them, and the collections they make.
export type ModelVersion = Schemas["ModelVersion"];
export type ModelStatus = ModelVersion["status"];
export type Gate = Schemas["Gate"];
export type GateFigure = Schemas["GateFigure"];
export type TrainingRun = Schemas["TrainingRun"];
export type TrainingRequest = Schemas["TrainingRequest"];
export type TrainingKind = TrainingRun["kind"];
export type Snapshot = Schemas["Snapshot"];
export type SnapshotFormat = NonNullable<Schemas["NewSnapshot"]["format"]>;
export type SearchCollection = Schemas["SearchCollection"];
export type CollectionState = SearchCollection["state"];
export type Comparison = Schemas["Comparison"];
export type BuildRequest = Schemas["BuildRequest"];
export type PromoteRequest = Schemas["PromoteRequest"];
