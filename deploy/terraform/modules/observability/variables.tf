variable "name" {
  description = "What everything of this environment is named after."
  type        = string
}

variable "mail" {
  description = "Who is told of alarms, and of money."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of messages."
  type        = string
}

variable "watched" {
  description = "What is watched: cluster, load balancer, database, Redis, and where the queue's metrics are."
  type = object({
    cluster_name      = string
    balancer_suffix   = string
    group_suffix      = string
    database_id       = string
    redis_id          = string
    metrics_namespace = string
  })
}

variable "dollars_a_month" {
  description = "Over how much money a month somebody is told; at 80 per cent of it too."
  type        = number
}
