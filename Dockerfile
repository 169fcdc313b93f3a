FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# What each start would do otherwise: mend the driver, build the service and the pages.
RUN node --input-type=module -e "import { mendPackages } from './server/mend-packages.js'; import { buildPages, buildService } from './server/builds.ts'; console.log(mendPackages('node_modules') ?? ''); await buildService(); await buildPages()"
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache
USER node
EXPOSE 3000
# A whole hall that comes at once leaves much to clear away: room for it makes that rarer.
CMD ["node", "--max-semi-space-size=64", "server/main.ts"]
