# The front end alone: static files and a proxy to the API, for when the API runs elsewhere.
#
#   docker build -f deploy/docker/web.Dockerfile -t vitrine-web .
#   docker network create --subnet 172.30.0.0/24 vitrine
#   docker run --network vitrine -p 8080:8080 -e VITRINE_API=http://api:8000 vitrine-web
#
# Start the API with VITRINE_API__TRUSTED_PROXIES=172.30.0.0/24, the network this proxy is in: else
# all its users count as one address, and one of them can use up what all may ask.
FROM node:24-alpine AS build
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-progress
COPY web ./
RUN npm run build && find dist -name '*.br' -delete

FROM nginxinc/nginx-unprivileged:1.29-alpine
ENV VITRINE_API=http://api:8000 NGINX_ENVSUBST_FILTER=^VITRINE_
COPY deploy/docker/web.headers.conf /etc/nginx/vitrine/headers.conf
COPY deploy/docker/web.conf.template /etc/nginx/templates/default.conf.template
COPY --from=build /web/dist /usr/share/nginx/html
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD wget -q -O /dev/null http://127.0.0.1:8080/ || exit 1
