variable "name" {
  description = "What everything of this environment is named after, such as vitrine-prod."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.name))
    error_message = "3 to 25 small letters, digits and dashes, a letter first: names of load balancers and buckets allow no more."
  }
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
}

variable "zones" {
  description = "Availability zones, at least two."
  type        = list(string)
}

variable "domain" {
  description = "The name that browsers know Vitrine by."
  type        = string
}

variable "certificates" {
  description = "The domain's certificates (ACM): in this region for the load balancer, in us-east-1 for CloudFront."
  type        = object({ balancer = string, cloudfront = string })
}

variable "images" {
  description = "The images of API and workers (app), model server (ml) and Chroma, by digest."
  type        = object({ app = string, ml = string, chroma = string })
}

variable "sizes" {
  description = "CPU units and MiB of each task, and how many there are at least and at most."
  type        = map(object({ cpu = number, memory = number, least = number, most = number }))
}

variable "database" {
  description = "The database: its class, gigabytes at first and at most, and the days of its backups."
  type        = object({ class = string, gigabytes = number, most_gigabytes = number, backup_days = number })
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

variable "redis_class" {
  description = "The class of the Redis nodes."
  type        = string
}

variable "resilient" {
  description = "Whether database, Redis and ways out have a second in another zone."
  type        = bool
}

variable "protected" {
  description = "Whether nothing that holds data can be deleted."
  type        = bool
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
}

variable "mail" {
  description = "Who is told of alarms, and of money."
  type        = string
}

variable "dollars_a_month" {
  description = "Over how much money a month somebody is told."
  type        = number
}
