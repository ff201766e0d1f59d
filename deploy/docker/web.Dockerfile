# syntax=docker/dockerfile:1
# The front end alone: static files and a proxy to the API, for when the API runs elsewhere.
#
#   docker build -f deploy/docker/web.Dockerfile -t vitrine-web .
#   docker network create --subnet 172.30.0.0/24 vitrine
#   docker run --network vitrine -p 8080:8080 -e VITRINE_API=http://api:8000 vitrine-web
#
# Start the API with VITRINE_API__TRUSTED_PROXIES=172.30.0.0/24, the network this proxy is in: else
# all its users count as one address, and one of them can use up what all may ask. With a read-only
# root, give it tmpfs for /tmp and /etc/nginx/conf.d, as deploy/compose.yaml does.
ARG NODE=node:24-alpine@sha256:d32cdf619f63fe0471182d08996dd516c6275bb5fd31ae06e55a570bd9e1ad43
ARG NGINX=nginxinc/nginx-unprivileged:1.29-alpine@sha256:0c79d56aee561a1d81c63f00eee5fb5fe29279560cdc55e91425133104c7fbe6

# hadolint ignore=DL3029
FROM --platform=$BUILDPLATFORM ${NODE} AS build
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-progress
COPY web ./
RUN npm run build && find dist -name '*.br' -delete

# hadolint ignore=DL3006
FROM ${NGINX}
ENV VITRINE_API=http://api:8000 NGINX_ENVSUBST_FILTER=^VITRINE_
COPY deploy/docker/web.headers.conf /etc/nginx/vitrine/headers.conf
COPY deploy/docker/web.embed.headers.conf /etc/nginx/vitrine/embed.headers.conf
COPY deploy/docker/web.conf.template /etc/nginx/templates/default.conf.template
COPY --from=build /web/dist /usr/share/nginx/html
USER 101
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Vitrine web" \
      org.opencontainers.image.description="The front end of Vitrine, and the proxy before its API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
