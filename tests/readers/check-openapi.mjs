// Checks a file against the OpenAPI Initiative's schema of the version that it names, and its references: node check-openapi.mjs FILE
import { readFileSync } from 'node:fs';
import { registerHooks } from './resolve.mjs';

registerHooks();
const { Validator } = await import('@seriousme/openapi-schema-validator');
const validator = new Validator();
const { valid, errors } = await validator.validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (!valid) {
  console.error(JSON.stringify(errors, null, 2));
  process.exit(1);
}
console.log(validator.version);
