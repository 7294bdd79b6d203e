/** What one looks for first stands first; the rest keeps its order. */
const FIRST = ["firstName", "lastName", "gender", "birthDate", "address.city", "address.country", "language"];

/** Where the figures stand that Percorso keeps of orders and baskets. */
export const SHOP = "shop.";

/** A path's place among those looked for first; behind them all for the others. */
export const rankOf = (path: string): number => (FIRST.indexOf(path) + FIRST.length + 1) % (FIRST.length + 1);

/** Nested attributes as one flat list of paths; empty objects say nothing, and tags are shown apart. */
export function flat(attributes: Record<string, unknown>, prefix = ""): [string, unknown][] {
  return Object.entries(attributes).flatMap(([key, value]): [string, unknown][] => {
    const path = prefix + key;
    if (path === "tags") return [];
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      return flat(value as Record<string, unknown>, `${path}.`);
    }
    return [[path, value]];
  });
}
