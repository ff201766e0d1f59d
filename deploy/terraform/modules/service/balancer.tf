# The load balancer has no address on the internet: CloudFront reaches it inside the network (module edge).

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_150:staging comes and goes; a test asserts the protection in prod
  # checkov:skip=CKV2_AWS_28:the firewall stands before CloudFront, the only way in
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.network.private_subnet_ids
  security_groups            = [var.network.security_group_ids["balancer"]]
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  enable_deletion_protection = var.protected
  idle_timeout               = 300 # events of a job are silent for a while
  access_logs {
    bucket  = var.data.logs_bucket
    prefix  = "balancer"
    enabled = true
  }
}

resource "aws_lb_target_group" "api" {
  # checkov:skip=CKV_AWS_378:TLS ends at the load balancer; from there it is one hop between two security groups
  name                 = "${var.name}-api"
  port                 = 8000
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.network.vpc_id
  deregistration_delay = 20
  # Whether the process lives. While a part is away all tasks would be unready at once, and none would answer.
  health_check {
    path                = "/v1/health/live"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}
