variable "name" {
  description = "What everything of this environment is named after."
  type        = string
}

variable "domain" {
  description = "The name that browsers know Vitrine by."
  type        = string
}

variable "certificate_arn" {
  description = "Its certificate in us-east-1, where CloudFront looks for it."
  type        = string
}

variable "balancer" {
  description = "The load balancer behind, and its security group."
  type        = object({ arn = string, dns_name = string, security_group_id = string })
}

variable "requests_in_five_minutes" {
  description = "How many requests one address may send in five minutes before it is turned away."
  type        = number
  default     = 30000 # 6,000 a minute, as VITRINE_RATES__PER_ADDRESS: an office shares one address
}

variable "log_days" {
  description = "For how many days the firewall's log is kept."
  type        = number
}
