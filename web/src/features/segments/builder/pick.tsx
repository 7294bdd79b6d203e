import { Combobox, useCombobox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Choice } from "./known";
import css from "./parts.module.css";

interface PickProps {
  /** What is chosen here, for readers of the screen. */
  label: string;
  /** The words that stand in the sentence. */
  shown: string;
  value: string;
  options: Choice[];
  onPick: (value: string) => void;
  /** What is typed may be taken as it is. */
  free?: boolean;
  look?: "field" | "value" | "words" | "bound";
  missing?: boolean;
}

const MOST = 80;

/** A part of a sentence that opens a list to choose from; typing narrows it. */
export function Pick({ label, shown, value, options, onPick, free, look = "value", missing }: PickProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const searched = free || options.length > 8;
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setTyped("");
    },
    onDropdownOpen: () => {
      if (searched) combobox.focusSearchInput();
      if (value) combobox.selectActiveOption();
      else combobox.selectFirstOption();
    },
  });
  const wanted = typed.trim().toLocaleLowerCase();
  const found = options
    .filter((one) => `${one.label} ${one.hint ?? ""}`.toLocaleLowerCase().includes(wanted))
    .slice(0, MOST);
  const own = free && typed.trim() && !options.some((one) => one.value === typed.trim());
  const pick = (picked: string) => {
    onPick(picked);
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} width={272} position="bottom-start" shadow="none" onOptionSubmit={pick}>
      <Combobox.Target targetType="button">
        <button
          type="button"
          className={css.part}
          data-look={look}
          data-missing={missing || undefined}
          aria-label={`${label}: ${shown}`}
          onClick={() => combobox.toggleDropdown()}
        >
          {shown}
        </button>
      </Combobox.Target>
      <Combobox.Dropdown className={css.drop}>
        {searched && (
          <Combobox.Search
            value={typed}
            aria-label={label}
            placeholder={t(free ? "builder.typeOrChoose" : "builder.search")}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              combobox.updateSelectedOptionIndex();
              combobox.selectFirstOption();
            }}
          />
        )}
        <Combobox.Options className={css.options}>
          {own && (
            <Combobox.Option value={typed.trim()}>
              <span className={css.own}>{t("builder.take", { text: typed.trim() })}</span>
            </Combobox.Option>
          )}
          {found.map((one) => (
            <Combobox.Option key={one.value} value={one.value} active={one.value === value}>
              <span className={css.option}>
                <span>{one.label}</span>
                {one.hint && one.hint !== one.label && <span className={css.hint}>{one.hint}</span>}
              </span>
            </Combobox.Option>
          ))}
          {!own && found.length === 0 && <Combobox.Empty>{t("common.nothingFound")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
