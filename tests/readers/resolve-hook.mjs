let base;

export function initialize(data) {
  base = data;
}

export async function resolve(specifier, context, next) {
  const bare = !specifier.startsWith('.') && !specifier.startsWith('file:') && !specifier.startsWith('node:');
  if (bare && !context.parentURL?.includes('/node_modules/')) return next(specifier, { ...context, parentURL: base });
  return next(specifier, context);
}
