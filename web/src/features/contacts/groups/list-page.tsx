import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { type Group, groupsQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconPlus } from "@/ui/icons";
import { Page } from "@/ui/page";
import { Pill } from "@/ui/pill";
import { type Column, rowLink, Table } from "@/ui/table";
import { EditGroup } from "./edit-group";
import css from "./groups.module.css";

const route = getRouteApi("/frame/groups");

/** All groups by name, with how many are in each. */
export function GroupsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { make } = route.useSearch();
  const navigate = route.useNavigate();
  const groups = useQuery(groupsQuery);
  const begin = () => navigate({ search: { make: true }, replace: true });
  const action = may("contacts.write") && (
    <Button leftSection={<IconPlus size={16} stroke={1.9} aria-hidden />} onClick={begin}>
      {t("groups.new")}
    </Button>
  );

  const body = () => {
    if (groups.isPending) return <Loading rows={6} />;
    if (groups.isError) return <Trouble error={groups.error} retry={() => groups.refetch()} />;
    if (groups.data.items.length === 0) {
      return (
        <Empty title={t("groups.emptyTitle")} picture={<ListPicture />} action={action}>
          {t("groups.emptyWords")}
        </Empty>
      );
    }
    return <GroupsTable groups={groups.data.items} />;
  };

  return (
    // Where there is none yet, the page itself says what to do.
    <Page title={t("frame.groups")} actions={groups.data?.items.length === 0 ? undefined : action}>
      {body()}
      {make && (
        <EditGroup
          onClose={() => navigate({ search: {}, replace: true })}
          onSaved={(group) => navigate({ to: "/groups/$groupId", params: { groupId: group.id } })}
        />
      )}
    </Page>
  );
}

function GroupsTable({ groups }: { groups: Group[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Group>[] = [
    {
      id: "name",
      header: t("groups.name"),
      cell: (group) => (
        <>
          <div className={css.line}>
            <Link to="/groups/$groupId" params={{ groupId: group.id }} className={`${rowLink} ${css.name}`}>
              {group.name}
            </Link>
            {group.kind === "test" && <Pill tone="information">{t("groups.test")}</Pill>}
            {group.changing && <Pill dot>{t("groups.changing")}</Pill>}
          </div>
          {group.notes && <div className={css.notes}>{group.notes}</div>}
        </>
      ),
    },
    {
      id: "made",
      header: t("groups.made"),
      align: "end",
      width: "160px",
      wide: true,
      cell: (group) => <span className={css.quiet}>{format.date(group.createdAt)}</span>,
    },
    {
      id: "members",
      header: t("groups.people"),
      align: "end",
      width: "130px",
      cell: (group) => (group.members === null ? "…" : format.number(group.members)),
    },
  ];
  return <Table label={t("frame.groups")} columns={columns} rows={groups} keyOf={(group) => group.id} />;
}
