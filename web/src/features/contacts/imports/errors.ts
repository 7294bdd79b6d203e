import type { TFunction } from "i18next";

const DEEDS: Record<string, string> = {
  names_erased: "imports.namesErased",
  erased_meanwhile: "imports.erasedMeanwhile",
};

/** Why an import ended, in words: what is somebody's doing by itself, whatever broke as a fault of ours. */
export const errorText = (t: TFunction, error: string): string => t(DEEDS[error] ?? "imports.fault");
