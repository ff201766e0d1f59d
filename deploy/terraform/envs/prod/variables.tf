variable "region" {
  description = "The region of everything but CloudFront."
  type        = string
  default     = "eu-central-1"
}

variable "domain" {
  description = "The name that browsers know Vitrine by."
  type        = string
}

variable "certificates" {
  description = "The domain's certificates (ACM): in the region for the load balancer, in us-east-1 for CloudFront."
  type        = object({ balancer = string, cloudfront = string })
}

variable "images" {
  description = "The images of API and workers (app), model server (ml) and Chroma, by digest."
  type        = object({ app = string, ml = string, chroma = string })
}

variable "mail" {
  description = "Who is told of alarms, and of money."
  type        = string
}
