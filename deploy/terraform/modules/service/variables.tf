variable "name" {
  description = "What everything of this environment is named after."
  type        = string
}

variable "network" {
  description = "Where tasks run: network, its addresses, subnets, and the security groups by part."
  type = object({
    vpc_id             = string
    cidr               = string
    private_subnet_ids = list(string)
    security_group_ids = map(string)
  })
}

variable "data" {
  description = "What tasks use: the database's host, the bucket, Chroma's files, and where secrets lie."
  type = object({
    database_host = string
    photos        = object({ name = string, arn = string })
    files         = object({ id = string, arn = string, access_point_id = string, access_point_arn = string })
    secret_arns   = map(string)
    logs_bucket   = string
  })
}

variable "images" {
  description = "The images of API and workers (app), model server (ml) and Chroma, by digest."
  type        = object({ app = string, ml = string, chroma = string })
  validation {
    condition     = alltrue([for image in values(var.images) : strcontains(image, "@sha256:")])
    error_message = "Name images by digest (name@sha256:...): a tag may become another image tomorrow."
  }
}

variable "sizes" {
  description = "CPU units (1024 are one core) and MiB of each task, and how many there are at least and at most."
  type        = map(object({ cpu = number, memory = number, least = number, most = number }))
  validation {
    condition     = toset(keys(var.sizes)) == toset(["api", "worker", "ml", "chroma"])
    error_message = "Sizes are those of api, worker, ml and chroma."
  }
}

variable "search_engine" {
  description = "Where products are searched: memory, in each API task, or pgvector, in the database (docs/scale.md)."
  type        = string
  default     = "memory"
  validation {
    condition     = contains(["memory", "pgvector"], var.search_engine)
    error_message = "Products are searched in memory or by pgvector."
  }
}

variable "targets" {
  description = "What one task is to have: requests a minute (api), waiting jobs (worker), per cent of its CPU (ml)."
  type        = object({ requests = number, jobs = number, cpu = number })
  # requests: 15 a second; a search takes 0.03 s of a core (docs/measurements.md), which leaves room for photos.
  # jobs: 300 wait for about 15 seconds, at the 20 to 40 products that two processes index a second (same).
  default = { requests = 900, jobs = 300, cpu = 60 }
}

variable "certificate_arn" {
  description = "The certificate of the domain in this region, for the load balancer."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of secrets, photos and logs."
  type        = string
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
}

variable "protected" {
  description = "Whether the load balancer can not be deleted."
  type        = bool
}
