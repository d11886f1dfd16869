# The controller's image: one program in an image with a C library and root certificates, and no shell.
#
#   docker build --tag rollout-render:0.1.0 .
#
# The program has the Swift runtime, libyaml and zlib in it, and asks the system for glibc, libm, libgcc_s and libstdc++
# only (a test looks). So the last stage is distroless/cc, which is those libraries, certificates, and the time zones that
# conditions of analyses can name: distroless/static and scratch have no C library at all, and a program on musl would
# need Swift's static SDK, which not every build has. The two stages are of one release of Debian, as a program must not
# meet an older glibc than it was linked with.

ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${SWIFT_IMAGE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libyaml-dev make pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# The dependencies first: they are fetched and kept as long as the list of them is the same.
COPY Package.swift Package.resolved ./
RUN swift package resolve
COPY Makefile ./
COPY Sources Sources
COPY Tests Tests
RUN make build && install -D --mode 0755 .build/release/rollout-render /image/rollout-render

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="rollout-render" \
      org.opencontainers.image.description="Validates, converts, renders, simulates and runs Argo Rollouts" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/rollout-render /rollout-render
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 8080 8090
ENTRYPOINT ["/rollout-render"]
CMD ["--help"]
