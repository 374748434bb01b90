# docker build -t wsdissect .
# docker run --rm -v "$PWD:/captures:ro" wsdissect chat.pcapng
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts
COPY bin bin
COPY man man
COPY schema schema
COPY scripts scripts
COPY src src
COPY CHANGELOG.md LICENSE README.md README.ja.md ./
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
# Compressed captures that Node cannot read by itself.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bzip2 lz4 xz-utils \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /build /opt/wsdissect
RUN ln -s /opt/wsdissect/bin/wsdissect.js /usr/local/bin/wsdissect
ENV LANG=C.UTF-8
USER node
WORKDIR /captures
ENTRYPOINT ["wsdissect"]
