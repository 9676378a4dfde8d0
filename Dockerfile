# One image for web, worker and beat; compose.yaml shows how they belong together.
FROM node:22-slim AS browser
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core gettext \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 ENVIRONMENT=production WORKMATE_VAR=/data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --from=browser /app/node_modules ./node_modules
COPY . .
# Static files and translations are made once, here; nothing of these values stays in the image.
ENV STATIC_ROOT=/app/static-root
RUN mkdir /data && chown 1000:1000 /data \
    && SECRET_KEY=building ALLOWED_HOSTS=building python manage.py collectstatic --noinput \
    && SECRET_KEY=building ALLOWED_HOSTS=building python manage.py compilemessages
USER 1000:1000
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "workmate.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--log-level", "warning", "--ws-max-size", "131072"]
