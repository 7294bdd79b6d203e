import type { TFunction } from "i18next";

/** Why an import ended, in words where it is somebody's doing; else the name of what broke. */
export const errorText = (t: TFunction, error: string): string =>
  error === "names_erased"
    ? t("imports.namesErased")
    : error === "erased_meanwhile"
      ? t("imports.erasedMeanwhile")
      : error;
