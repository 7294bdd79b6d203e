import { localStorageColorSchemeManager } from "@mantine/core";

/** Keeps the chosen scheme where public/scheme.js finds it before the first paint. */
export const schemeManager = localStorageColorSchemeManager({ key: "percorso.scheme" });
