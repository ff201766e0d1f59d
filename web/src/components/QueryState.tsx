import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Button, type ButtonSize } from "./Button";
import { Failure } from "./Notice";
import { Skeleton } from "./Skeleton";

type Asked = Pick<UseQueryResult, "isPending" | "data" | "error" | "refetch">;

/** What stands in the place of data that is not here: its outline, or why it did not come. */
export function QueryState({ query, height }: { query: Asked; height: string }) {
  if (query.isPending) return <Skeleton height={height} />;
  if (query.data !== undefined) return null;
  return <Failure error={query.error} retry={() => void query.refetch()} />;
}

type Paged = Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;

interface MoreProps {
  query: Paged;
  size?: ButtonSize;
  className?: string | undefined;
}

/** Fetches the next page of a list, as long as there is one. */
export function MoreButton({ query, size = "normal", className }: MoreProps) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <Button
      size={size}
      className={className}
      busy={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {t("common.more")}
    </Button>
  );
}
