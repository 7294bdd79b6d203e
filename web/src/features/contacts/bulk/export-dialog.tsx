import { Button, Checkbox, Radio, Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { fieldsQuery, groupsQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import { useColumnName } from "../list/column-picker";
import css from "./dialogs.module.css";
import { saveFile } from "./files";

const PLAIN = ["email", "phone", "externalId", "userId", "createdAt", "updatedAt", "groups"];

interface ExportDialogProps {
  /** Those chosen; none: all contacts, or those of a group. */
  contactIds: string[];
  /** The columns of the list: what is exported unless something else is chosen. */
  columns: string[];
  onClose: () => void;
}

/** Takes contacts out as CSV, in chosen columns; who took them is kept in the audit. */
export function ExportDialog({ contactIds, columns, onClose }: ExportDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useQuery(fieldsQuery);
  const groups = useQuery(groupsQuery);
  const name = useColumnName(fields.data?.items ?? []);
  const paths = fields.data?.items.filter((field) => !field.hidden).map((field) => field.path) ?? [];
  const [chosen, setChosen] = useState<string[]>([
    "email",
    "phone",
    ...new Set([
      "attributes.firstName",
      "attributes.lastName",
      ...columns
        .filter((column) => !["email", "phone", "created", "last"].includes(column))
        .map((path) => `attributes.${path}`),
    ]),
  ]);
  const [groupId, setGroupId] = useState<string | null>(null);
  const [delimiter, setDelimiter] = useState<"," | ";">(";");
  const all = [...PLAIN, ...paths.map((path) => `attributes.${path}`)];
  const label = (field: string) =>
    field.startsWith("attributes.") ? name(field.slice("attributes.".length)) : t(`export.fields.${field}`);
  const take = useMutation({
    mutationFn: async () => {
      const file = await dataOf(
        client.POST("/api/v1/exports", {
          body: {
            fields: all.filter((field) => chosen.includes(field)),
            delimiter,
            forSpreadsheet: delimiter === ";",
            ...(contactIds.length > 0 ? { contactIds } : {}),
            ...(groupId ? { groupId } : {}),
          },
          parseAs: "blob",
        }),
      );
      saveFile(file as unknown as Blob, t("export.fileName"));
    },
    onSuccess: onClose,
  });
  const count = { count: contactIds.length, n: format.number(contactIds.length) };
  return (
    <Dialog
      title={contactIds.length > 0 ? t("export.titleChosen", count) : t("export.title")}
      onClose={onClose}
      size={540}
    >
      <p className={css.words}>{t("export.words")}</p>
      {contactIds.length === 0 && (
        <Select
          label={t("export.who")}
          value={groupId ?? ""}
          onChange={(value) => setGroupId(value || null)}
          allowDeselect={false}
          data={[
            { value: "", label: t("export.everyone") },
            ...(groups.data?.items ?? []).map((group) => ({
              value: group.id,
              label: t("export.inGroup", { group: group.name }),
            })),
          ]}
          mb={16}
        />
      )}
      <Checkbox.Group label={t("export.columns")} value={chosen} onChange={setChosen}>
        <div className={css.grid}>
          {all.map((field) => (
            <Checkbox key={field} size="xs" value={field} label={label(field)} />
          ))}
        </div>
      </Checkbox.Group>
      <Radio.Group
        mt={16}
        label={t("export.for")}
        value={delimiter}
        onChange={(value) => setDelimiter(value === "," ? "," : ";")}
      >
        <div className={css.grid}>
          <Radio size="xs" value=";" label={t("export.spreadsheet")} />
          <Radio size="xs" value="," label={t("export.program")} />
        </div>
      </Radio.Group>
      <Problem error={take.error} />
      <div className={css.foot}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button disabled={chosen.length === 0} loading={take.isPending} onClick={() => take.mutate()}>
          {t("export.take")}
        </Button>
      </div>
    </Dialog>
  );
}
