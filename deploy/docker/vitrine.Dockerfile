# syntax=docker/dockerfile:1
# API and workers (target app) and the model server (target ml) of one build, with the front end inside.
#
#   docker build -f deploy/docker/vitrine.Dockerfile --target app -t vitrine .
#   docker build -f deploy/docker/vitrine.Dockerfile --target ml -t vitrine-ml .
#   docker build -f deploy/docker/vitrine.Dockerfile --target ml --build-arg PROVIDER=cuda -t vitrine-ml:cuda .
#
# Digests name all platforms of a tag; Renovate moves them, `docker buildx imagetools inspect TAG` shows the present one.
ARG NODE=node:24-alpine@sha256:d32cdf619f63fe0471182d08996dd516c6275bb5fd31ae06e55a570bd9e1ad43
ARG PYTHON=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
# What models run on: cpu or cuda.
ARG PROVIDER=cpu

# The pages are the same on every platform, so they are built once, on the builder's own.
# hadolint ignore=DL3029
FROM --platform=$BUILDPLATFORM ${NODE} AS web
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-progress
COPY web ./
RUN npm run build

FROM ${PYTHON} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/vitrine
COPY requirements/base.txt requirements/
RUN python -m pip --python /opt/vitrine/bin/python install --require-hashes -r requirements/base.txt

FROM packages AS packages-cpu

# CUDA and cuDNN come as Python packages; the machine brings the driver (nvidia-container-toolkit).
FROM packages AS packages-cuda
COPY requirements/cuda.txt requirements/
RUN python -m pip --python /opt/vitrine/bin/python uninstall --yes onnxruntime \
    && python -m pip --python /opt/vitrine/bin/python install --require-hashes -r requirements/cuda.txt

# hadolint ignore=DL3006
FROM packages-${PROVIDER} AS installed
WORKDIR /build
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY migrations migrations
COPY src src
COPY --from=web /web/dist web/dist
RUN python -m pip --python /opt/vitrine/bin/python install --no-deps .

FROM ${PYTHON} AS runtime
# What runs here installs nothing: not even pip stays.
RUN python -m pip uninstall --yes --quiet pip setuptools wheel \
    && groupadd --gid 10001 vitrine \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/vitrine --shell /usr/sbin/nologin vitrine \
    && install -d -o vitrine -g vitrine -m 0700 /var/lib/vitrine /var/lib/vitrine/tmp
COPY --from=installed /opt/vitrine /opt/vitrine
# The root may be read-only: what is written lies in the volume, temporary files too, for they can be large.
ENV PATH=/opt/vitrine/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TMPDIR=/var/lib/vitrine/tmp \
    VITRINE_DATA_DIR=/var/lib/vitrine \
    VITRINE_LOG_FORMAT=json
USER 10001:10001
WORKDIR /var/lib/vitrine
VOLUME /var/lib/vitrine
ENTRYPOINT ["vitrine"]
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Vitrine" \
      org.opencontainers.image.description="Self-hosted visual product search for fashion catalogues" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM runtime AS ml
ARG PROVIDER
# Where the CUDA packages put their libraries; on cpu there is nothing.
ENV VITRINE_VISION__PROVIDER=${PROVIDER} \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    LD_LIBRARY_PATH=/opt/vitrine/lib/python3.11/site-packages/nvidia/cu13/lib:/opt/vitrine/lib/python3.11/site-packages/nvidia/cudnn/lib
EXPOSE 8002
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8002/healthz', timeout=2)"]
CMD ["mlserver", "--host", "0.0.0.0"]

# The last target is what `docker build` makes where none is named.
FROM runtime AS app
ENV VITRINE_API__HOST=0.0.0.0
EXPOSE 8000
# Whether the process lives, not whether its parts do: a restart mends no database. A worker has no port, and
# whoever starts one switches this off: it ends by itself when it takes no messages (docs/reliability.md).
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/v1/health/live', timeout=2)"]
CMD ["serve"]
