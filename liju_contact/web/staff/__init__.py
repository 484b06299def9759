"""The staff desk's counter. Every blueprint here comes from ``desk.desk_blueprint``, which lets nobody in unseen."""
