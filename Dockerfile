FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# What each start would do otherwise: mend the driver, build the pages.
RUN node --input-type=module -e "import { mendPackages } from './server/mend-packages.js'; import { buildWebIfStale } from './server/web-build.ts'; console.log(mendPackages('node_modules') ?? ''); await buildWebIfStale()"
USER node
EXPOSE 3000
CMD ["node", "server/main.ts"]
