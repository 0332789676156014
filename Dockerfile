# One image for both roles: the command names the program (albireo-gateway, albireo-worker, albireo-server, albireo-manage).
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# In few files the programs start in less than half the time.
RUN npm run bundle

FROM node:24-slim AS dependencies
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Type declarations, source maps and other builds of the same code are of no use at run time.
RUN npm ci --omit=dev \
 && find node_modules \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' -o -name '*.md' \) -type f -delete \
 && rm -rf node_modules/@opentelemetry/*/build/esm node_modules/@opentelemetry/*/build/esnext

FROM node:24-slim AS control
ENV NODE_ENV=production \
    PATH=/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /app
COPY --from=dependencies /src/node_modules ./node_modules
COPY --from=build /src/package.json ./
COPY --from=build /src/bundle ./dist
COPY --from=build /src/etc ./etc
COPY --from=build /src/deploy/smoke.mjs ./deploy/
# Each program under its own name, as npm would link it. What is written to belongs to group 0, for any user of it.
# /secrets is compose's: passwords of the broker and the database, which their containers read, too.
RUN mkdir -p bin /var/lib/albireo/images /etc/albireo/albireo.conf.d /secrets/worker /secrets/broker /secrets/database \
 && node -e "const {bin}=require('./package.json');for(const [name,file] of Object.entries(bin))require('node:fs').symlinkSync('../'+file,'bin/'+name)" \
 && chmod 755 dist/apps/*/src/main*.js \
 && chown 10001:0 /var/lib/albireo /var/lib/albireo/images /etc/albireo/albireo.conf.d /secrets/* \
 && chmod 770 /var/lib/albireo /var/lib/albireo/images /etc/albireo/albireo.conf.d /secrets/worker \
 && chmod 775 /secrets/broker /secrets/database
ENV OS_DEFAULT__STATE_PATH=/var/lib/albireo \
    HOME=/var/lib/albireo
# Loopback of a container is reached by nobody: albireo-server listens on all of its addresses, as the gateway does.
ENV OS_DEFAULT__IDENTITY_LISTEN=:: \
    OS_DEFAULT__OSAPI_COMPUTE_LISTEN=:: \
    OS_DEFAULT__METADATA_LISTEN=:: \
    OS_DEFAULT__IMAGE_LISTEN=:: \
    OS_DEFAULT__NETWORK_LISTEN=:: \
    OS_HEALTH__LISTEN=:: \
    OS_VNC__NOVNCPROXY_HOST=:: \
    OS_SERIAL_CONSOLE__SERIALPROXY_HOST=:: \
    OS_SPICE__HTML5PROXY_HOST=::
USER 10001:0
# --build-arg REVISION=$(git rev-parse HEAD) tells which commit an image was made from.
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="Albireo" \
      org.opencontainers.image.description="OpenStack-compatible control plane: gateway and worker" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="node:24-slim" \
      org.opencontainers.image.licenses="Apache-2.0"
# The launcher is PID 1 by itself: no shell and no init between it and the signals.
ENTRYPOINT []
# Without a configuration file it ends with the list of the places searched; a file is mounted into
# /etc/albireo/albireo.conf.d, as compose and the chart do for the programs that they name.
CMD ["albireo-server", "--require-config"]
STOPSIGNAL SIGTERM

# The same with QEMU, for workers with compute_driver = qemu: docker build --target guests
FROM control AS guests
USER 0
RUN apt-get update \
 && apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils genisoimage iproute2 nftables radvd \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /var/lib/albireo/instances && chown 10001:0 /var/lib/albireo/instances && chmod 770 /var/lib/albireo/instances
USER 10001:0
ENV OS_DEFAULT__COMPUTE_DRIVER=qemu

# What is built unless a target is named.
FROM control
