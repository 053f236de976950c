// Lets bare imports of the readers find packages installed in K2I_READERS (or <repository>/.build/readers) instead of beside the script.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import module from 'node:module';

export function registerHooks() {
  const here = dirname(fileURLToPath(import.meta.url));
  if (existsSync(join(here, 'node_modules'))) return;
  const folder = process.env.K2I_READERS ?? join(here, '../../.build/readers');
  module.register(pathToFileURL(join(here, 'resolve-hook.mjs')), { data: pathToFileURL(join(folder, 'package.json')).href });
  const original = module.Module._resolveFilename;
  const paths = [join(folder, 'node_modules')];
  module.Module._resolveFilename = (request, parent, isMain, options) =>
    original(request, parent, isMain, request.startsWith('.') || options?.paths ? options : { ...options, paths: [...(parent?.paths ?? []), ...paths] });
}
