import pl from 'nodejs-polars';
import { arrowRows } from './arrow.mjs';

export const rows = (path) => arrowRows(path, () => pl.readParquet(path).writeIPCStream());
