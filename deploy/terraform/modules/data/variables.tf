variable "name" {
  description = "What everything of this environment is named after."
  type        = string
}

variable "subnet_ids" {
  description = "Where data lies, in two zones at least."
  type        = list(string)
}

variable "security_group_ids" {
  description = "The security groups of database, redis and files, by these names."
  type        = map(string)
}

variable "key_arn" {
  description = "The KMS key of everything that is stored."
  type        = string
}

variable "database" {
  description = "The database: its class, gigabytes at first and at most, and the days of its backups."
  type        = object({ class = string, gigabytes = number, most_gigabytes = number, backup_days = number })
}

variable "redis_class" {
  description = "The class of the Redis nodes."
  type        = string
}

variable "several_zones" {
  description = "Whether database and Redis have a second node in another zone that takes over."
  type        = bool
}

variable "protected" {
  description = "Whether nothing that holds data can be deleted; false for environments that come and go."
  type        = bool
}

variable "secret_version" {
  description = "Raise it to make all random secrets anew; API, workers and database then change together."
  type        = number
  default     = 1
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
}
