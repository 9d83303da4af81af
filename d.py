t=[t for t in tabs if t.endswith('conversation')][0]
cols=[r[1] for r in db.execute(f"pragma table_info({t})")]
print(t,cols)
if 'lang' in cols: print(db.execute(f"select lang,count(*),group_concat(id) from {t} where lang!='fr' group by lang").fetchall())
s.close()
