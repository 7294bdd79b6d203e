import { Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type ImportPreview, type ImportSettings, importQuery } from "@/api/data";
import { fieldsQuery } from "@/api/people";
import { Loading } from "@/ui/forms";
import { IconAlertTriangle } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import { ColumnRow } from "./column-row";
import css from "./imports.module.css";
import previewCss from "./preview.module.css";

const ENCODINGS = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16"];
const DELIMITERS = [";", ",", "\t", "|"];

/** An encoding as it is usually written. */
const encodingName = (encoding: string): string =>
  encoding.startsWith("windows") ? encoding.replace("w", "W") : encoding.toUpperCase();

interface ColumnsStepProps {
  data: ImportPreview;
  settings: ImportSettings;
  onChange: (part: Partial<ImportSettings>) => void;
}

/** Each column of the file with what stands in it, and what it is for; how the file is read can be corrected. */
export function ColumnsStep({ data, settings, onChange }: ColumnsStepProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const fields = useQuery(fieldsQuery);
  const read = useMutation({
    mutationFn: (body: { encoding?: string; delimiter?: string; hasHeader?: boolean }) =>
      dataOf(client.PATCH("/api/v1/imports/{id}", { params: { path: { id: data.id } }, body })),
    onSuccess: (preview) => queries.setQueryData(importQuery(data.id).queryKey, preview),
  });
  const reading = {
    encoding: data.encoding ?? "utf-8",
    delimiter: data.delimiter ?? ",",
    hasHeader: data.hasHeader ?? true,
  };
  const withOwn = (known: string[], own: string) => [...new Set([...known, own])];
  return (
    <>
      {data.format === "csv" && (
        <div className={css.reading}>
          <Select
            size="xs"
            label={t("imports.delimiter")}
            value={reading.delimiter}
            allowDeselect={false}
            data={withOwn(DELIMITERS, reading.delimiter).map((one) => ({
              value: one,
              label: t(`imports.delimiters.${one.charCodeAt(0)}`, { defaultValue: one }),
            }))}
            onChange={(delimiter) => delimiter && read.mutate({ ...reading, delimiter })}
          />
          <Select
            size="xs"
            label={t("imports.encoding")}
            value={reading.encoding}
            allowDeselect={false}
            data={withOwn(ENCODINGS, reading.encoding).map((one) => ({
              value: one,
              label: encodingName(one),
            }))}
            onChange={(encoding) => encoding && read.mutate({ ...reading, encoding })}
          />
          <Switch
            size="xs"
            label={t("imports.hasHeader")}
            checked={reading.hasHeader}
            onChange={(event) => read.mutate({ ...reading, hasHeader: event.currentTarget.checked })}
          />
        </div>
      )}
      <Problem error={read.error ?? fields.error} />
      {data.notes.map((note) => (
        <p key={note.code + note.sentence} className={css.note}>
          <IconAlertTriangle size={15} stroke={1.8} aria-hidden />
          <span>{note.sentence}</span>
        </p>
      ))}
      {/* Before the fields are known every column would be said to be for something else. */}
      {fields.isPending && <Loading rows={data.headers.length} />}
      <ul className={css.columns} aria-label={t("imports.step.columns")} hidden={fields.isPending}>
        {data.headers.map((header, index) => (
          <ColumnRow
            // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place
            key={index}
            header={header}
            place={index}
            rows={data.rows}
            target={settings.targets[index] ?? {}}
            fields={fields.data?.items ?? []}
            onChange={(target) =>
              onChange({ targets: settings.targets.map((one, at) => (at === index ? target : one)) })
            }
          />
        ))}
      </ul>
      <details className={previewCss.preview}>
        <summary>{t("imports.firstRows", { count: data.rows.length })}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
        <div className={previewCss.rows} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {data.headers.map((header) => (
                  <th key={header} scope="col">
                    {header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are known by their place
                <tr key={at}>
                  {data.headers.map((header, column) => (
                    <td key={header}>{row[column]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
