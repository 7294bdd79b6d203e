import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { listsQuery } from "@/api/people";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconPlus } from "@/ui/icons";
import { Page } from "@/ui/page";
import { ListPanel } from "./list-panel";
import { ListsTable } from "./lists-table";

const route = getRouteApi("/frame/lists");

/** The workspace's subscription lists: who is on them, who speaks, and what happens to those who ask. */
export function ListsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { list, make } = route.useSearch();
  const navigate = route.useNavigate();
  const lists = useQuery(listsQuery);
  const close = () => navigate({ search: {}, replace: true });
  const action = may("workspace.write") && (
    <Button
      leftSection={<IconPlus size={16} stroke={1.9} aria-hidden />}
      onClick={() => navigate({ search: { make: true }, replace: true })}
    >
      {t("lists.new")}
    </Button>
  );
  const open = lists.data?.items.find((one) => one.id === list);

  const body = () => {
    if (lists.isPending) return <Loading rows={4} />;
    if (lists.isError) return <Trouble error={lists.error} retry={() => lists.refetch()} />;
    if (lists.data.items.length === 0) {
      return (
        <Empty title={t("lists.emptyTitle")} picture={<ListPicture />} action={action}>
          {t("lists.emptyWords")}
        </Empty>
      );
    }
    return <ListsTable lists={lists.data.items} current={list} />;
  };

  const panel = () => {
    if (make) {
      return (
        <ListPanel
          key="new"
          onClose={close}
          onSaved={(saved) => navigate({ search: { list: saved.id }, replace: true })}
        />
      );
    }
    return open && <ListPanel key={open.id} list={open} onClose={close} />;
  };

  return (
    // Where there is none yet, the page itself says what to do.
    <Page
      title={t("frame.lists")}
      actions={lists.data?.items.length === 0 ? undefined : action}
      panel={panel()}
    >
      {body()}
    </Page>
  );
}
