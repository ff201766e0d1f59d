variable "name" {
  description = "What everything of this environment is named after."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
}

variable "zones" {
  description = "Availability zones, at least two."
  type        = list(string)
  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "Two to four zones: a load balancer and a database of several zones need two."
  }
}

variable "nat_in_each_zone" {
  description = "Whether each zone has a way out of its own; with one for all, its zone takes the others' along."
  type        = bool
}

variable "key_arn" {
  description = "The KMS key of logs."
  type        = string
}
