# `apex` and the pack as an image, of the wheel that is published: `uv build --wheel`, then `docker build`.
# See docs/install.md. tests/tooling/test_image.py runs these steps where there is no builder.
FROM python:3.13-slim-trixie AS build
WORKDIR /build
COPY policies/requirements.txt ./
# Without pip in it: nothing can be added to what was tested.
RUN python -m venv --without-pip /opt/apex \
    && python -m pip --python /opt/apex/bin/python install --no-cache-dir --no-compile \
        --only-binary=:all: --require-hashes --requirement requirements.txt
COPY dist/apex_guardrails-*.whl ./
RUN python -m pip --python /opt/apex/bin/python install --no-cache-dir --no-compile \
        --no-deps --no-index ./*.whl \
    && /opt/apex/bin/python -m compileall -q /opt/apex/lib

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Apex Guardrails" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/apex /opt/apex
# Last on PATH: a program that is run gets the image's own Python. All that is written is below /tmp.
ENV PATH=$PATH:/opt/apex/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1
WORKDIR /work
USER 10001:10001
ENTRYPOINT ["/opt/apex/bin/apex"]
CMD ["--help"]
