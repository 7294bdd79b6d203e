import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import type { Field, NewField, SeenField } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./fields.module.css";
import { defaultOf, FORMATS, guessType, labelOf, TYPES } from "./typing";

interface EditFieldProps {
  /** The field to change; none: one is declared, at `path` if that is known. */
  field: Field | undefined;
  path: string;
  sample: SeenField | undefined;
  onClose: () => void;
}

/** Declares a field or changes it: what it is called, how its values are read, what is asked of them. */
export function EditField({ field, path, sample, onClose }: EditFieldProps) {
  const { t } = useTranslation();
  const language = useFormat().locale.language as "it" | "en";
  const queries = useQueryClient();
  const [draft, setDraft] = useState<NewField>({
    path: field?.path ?? path,
    labels: field?.labels ?? { it: labelOf(path), en: labelOf(path) },
    type: field?.type ?? guessType(sample),
    format: field?.format ?? null,
    required: field?.required ?? false,
    hidden: field?.hidden ?? false,
  });
  const [preset, setPreset] = useState(
    field?.default === null || field?.default === undefined ? "" : String(field.default),
  );
  const change = (part: Partial<NewField>) => setDraft((before) => ({ ...before, ...part }));
  const dated = draft.type === "date" || draft.type === "date-time" ? draft.type : null;
  const after = async () => {
    for (const key of ["fields", "contact", "contacts"]) {
      await queries.invalidateQueries({ queryKey: [key] });
    }
    onClose();
  };
  const save = useMutation({
    mutationFn: () => {
      const { path: at, ...settings } = {
        ...draft,
        format: dated ? draft.format || null : null,
        default: defaultOf(preset, draft.type),
      };
      return field
        ? dataOf(client.PUT("/api/v1/fields/{path}", { params: { path: { path: at } }, body: settings }))
        : dataOf(client.POST("/api/v1/fields", { body: { path: at.trim(), ...settings } }));
    },
    onSuccess: after,
  });
  const remove = useMutation({
    mutationFn: () =>
      dataOf(client.DELETE("/api/v1/fields/{path}", { params: { path: { path: draft.path } } })),
    onSuccess: after,
  });
  const ready = draft.path.trim() !== "" && draft.labels.it.trim() !== "" && draft.labels.en.trim() !== "";
  return (
    <Dialog
      title={
        field
          ? t("fieldsRoom.editTitle", { name: field.labels[language] || field.path })
          : t("fieldsRoom.declare")
      }
      onClose={onClose}
      size={520}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        {!field && (
          <TextInput
            label={t("fieldsRoom.path")}
            description={t("fieldsRoom.pathWords")}
            value={draft.path}
            maxLength={200}
            mb={14}
            data-autofocus
            onChange={(event) => change({ path: event.currentTarget.value })}
          />
        )}
        <div className={css.two}>
          <TextInput
            label={t("fieldsRoom.labelIt")}
            data-autofocus={field !== undefined || undefined}
            value={draft.labels.it}
            maxLength={200}
            onChange={(event) => change({ labels: { ...draft.labels, it: event.currentTarget.value } })}
          />
          <TextInput
            label={t("fieldsRoom.labelEn")}
            value={draft.labels.en}
            maxLength={200}
            onChange={(event) => change({ labels: { ...draft.labels, en: event.currentTarget.value } })}
          />
          <Select
            label={t("fieldsRoom.type")}
            value={draft.type}
            allowDeselect={false}
            disabled={field?.isStandard}
            data={TYPES.map((type) => ({ value: type, label: t(`types.${type}`) }))}
            onChange={(value) => change({ type: TYPES.find((type) => type === value) ?? "text" })}
          />
          {dated ? (
            <Select
              label={t("fieldsRoom.format")}
              value={draft.format ?? ""}
              allowDeselect={false}
              data={[
                { value: "", label: t("fieldsRoom.iso") },
                ...[...new Set([...(draft.format ? [draft.format] : []), ...FORMATS[dated]])].map((one) => ({
                  value: one,
                  label: one,
                })),
              ]}
              onChange={(value) => change({ format: value || null })}
            />
          ) : (
            !["list", "object"].includes(draft.type) && (
              <TextInput
                label={t("fieldsRoom.default")}
                placeholder={t("fieldsRoom.noDefault")}
                value={preset}
                onChange={(event) => setPreset(event.currentTarget.value)}
              />
            )
          )}
        </div>
        <div className={css.switches}>
          <Switch
            label={t("fieldsRoom.required")}
            description={t("fieldsRoom.requiredWords")}
            checked={draft.required ?? false}
            onChange={(event) => change({ required: event.currentTarget.checked })}
          />
          <Switch
            label={t("fieldsRoom.hidden")}
            description={t("fieldsRoom.hiddenWords")}
            checked={draft.hidden ?? false}
            onChange={(event) => change({ hidden: event.currentTarget.checked })}
          />
        </div>
        <Problem error={save.error ?? remove.error} />
        <div className={css.foot}>
          {field ? (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t(field.isStandard ? "fieldsRoom.reset" : "fieldsRoom.remove")}
            </Button>
          ) : (
            <span />
          )}
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
